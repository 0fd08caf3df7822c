"""Pickles as data. See `reader`; nothing in this folder imports or calls what a pickle names."""

from toonface.io.inert_pickle.reader import load as load
from toonface.io.inert_pickle.reader import loads as loads
from toonface.io.inert_pickle.reader import loads_next as loads_next
from toonface.io.inert_pickle.record import Record as Record
