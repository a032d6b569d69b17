"""The desktop app: what goes where, on and off, and every rule's editor.

    __main__       the command line            session       from there to the end
    app            the composition: who knows whom    pages     the window's, and what goes between
    engine_link/   the only room that knows engines: the own one, other processes' engines
    profile_store  the open profile            words         every sentence, in two languages;
                                               system_texts  … the system's own
    theme          light and dark              check_boxes   … in lists
    instance       one app for each user
    notifier       notifications: alarm, of what goes wrong unseen
    errand         a command of ours, run aside    proxy_copy  the local port's variables, copied
    presenters/    words for what is shown; no Qt
    models/        tables over snapshots       windows/, dialogs/, tray    what is seen
    actions        what can be done, the same in window and tray    bus_menu  … for the tray
    groups         those of the open profile, as they stand      groups_menu     … in the tray
    profile_history  changes of the open profile, undone and done again
    secrets        passwords in the keyring        password_file  … in files, where there is none
    probe, prober  one test of an upstream; tests, some at once    aside  work in threads
    programs       programs started under the rules, each by a `byway run`
    running        which one is asked for, and what becomes of it is said
    log_feed       what this process logs, for the window
    settings       the app's own, in a file       autostart     starting at log-in
    background_portal  … from a Flatpak
    welcome        the first steps: when, and what comes of them
    recent         which applications were run last    drops    .desktop files, dragged here
    inquiry        asks `byway status --explain` about this machine
    mending        what is done where the network or the helper is in trouble
    installed      whether the helper is
    icons          our SVGs, drawn             garbage       where Python may collect it

Knows `byway_core.api`, `.model` and `.flatpak`, nothing else of the core, and engines in
engine_link only.
"""
