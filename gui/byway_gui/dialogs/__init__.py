"""Dialogs: a value in, a value out.

run_program    an installed application, or a command line
"""
