"""Words and values for what is shown. No Qt, so that every sentence is tested without a window.

standing   how the own engine and its profile stand
flows      a connection's cells
command    a typed command line

upstreams         a row, what its kind is, what its test says    upstream_form   its fields
upstream_changes  what can be done to them                       upstream_words  … asks and says
dns               the profile's DNS          rebasing   undoing a change after other changes
"""
