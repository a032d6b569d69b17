"""Windows.

main_window    how it stands, what can be done, what goes where
standing_view  its upper part
"""
