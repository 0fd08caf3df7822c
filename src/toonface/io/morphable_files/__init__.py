"""Readers of face models that a user holds, one file per format. All return a `MorphableModel` in our conventions."""

from toonface.io.morphable_files.bfm2009 import read_bfm2009 as read_bfm2009
from toonface.io.morphable_files.bfm2017 import read_bfm2017 as read_bfm2017
from toonface.io.morphable_files.flame import read_flame as read_flame
from toonface.io.morphable_files.ict_facekit import read_ict_facekit as read_ict_facekit
from toonface.io.morphable_files.recognise import read_morphable_model as read_morphable_model
