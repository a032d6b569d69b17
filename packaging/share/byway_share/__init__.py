"""What goes to a system's share folder, made from what is in the tree: nothing is written twice.

    completions   bash, zsh, fish          from the command lines (argparse)
    manual        byway(1), byway-desktop(1)    from the same
    profile_page  byway-profile(5)         from docs/internals/profile.md and rules.md
    metainfo      AppStream's file         from metainfo.xml, the desktop file and CHANGELOG.md
    icons         the SVGs under their names, and pictures of them
    debian_changelog  Debian's form of CHANGELOG.md
    roff          the language of manual pages
    tree          all of it in its folders

The wheel's build, each package's and the AppImage's use it; `python -m byway_share FOLDER`.
"""
