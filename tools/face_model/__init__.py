"""The steps that build the face model; `tools/build_face_model.py` runs them in order."""
