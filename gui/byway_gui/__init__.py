"""The desktop app: shows what goes where, and turns the local proxy port on and off.

    __main__       the command line            app           the composition: who knows whom
    engine_link/   the only room that knows the core: the own engine, other processes' engines
    presenters/    words for what is shown; no Qt
    models/        tables over snapshots       windows/, dialogs/, tray    what is seen
    actions        what can be done, the same in window and tray
    programs       programs started under the rules, each by a `byway run`
    log_feed       what this process logs, for the window
    settings       the app's own, in a file       autostart     starting at log-in
    recent         which applications were run last    drops    .desktop files, dragged here
    inquiry        asks `byway status --explain` about this machine
    icons          our SVGs, drawn             garbage       where Python may collect it

Knows `byway_core.api` (in engine_link; presenters know its values) and `byway_core.model`, nothing
else of the core.
"""
