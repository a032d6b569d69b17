"""Words and values for what is shown. No Qt, so that every sentence is tested without a window.

standing   how the own engine and its profile stand
flows      a connection's cells
command    a typed command line
"""
