"""Dialogs: a value in, a value out.

run_program    a command line
"""
