"""Generators that a user has: ours, NVIDIA's `.pkl` and rosinality's `.pt`. Nothing in them is ever executed."""

from toonface.io.gan_files.recognise import read_generator as read_generator
