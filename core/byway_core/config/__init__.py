"""The profile's file and the valid value that comes of it.

    load             a file or its text -> Profile and warnings, or every problem at once
    positions        where in the text each key and value stands: read only to report problems
    findings         problems as they are found, by key, before their place is known
    section          one table's keys: types, bounds, unknown ones
    rule_section, upstream_section, group_section, general_section, dns_section
                     one table's meaning each
    secret_value     how a password is written in a profile      secrets   the password itself
    draft            a profile's text, changed by a program; list_text, rule_lines (the rules),
                     table_pieces, table_text, value_text (all else), replacement (the file)
    paths            where profiles and sockets live (XDG)

A profile is never half valid: `load` returns a Profile that everything else may trust, or raises
ProfileError with all reasons, each with line and column.
"""
