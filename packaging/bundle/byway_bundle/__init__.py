"""The bundle's own part: one program that is the desktop app, the engine and the command line.

start          which of them it is this time
environment    what a bundle's start leaves in it, and no program of the user's is to have
helper         --install-helper, --uninstall-helper: what an AppImage can do for the privileged one
integration    --integrate, --unintegrate: in the user's menu of applications
"""
