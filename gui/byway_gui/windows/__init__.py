"""Windows.

main_window    how it stands, what can be done, what goes where
standing_view  its upper part
status_page    traffic, what went where, and this machine
traffic_graph    the traffic, painted
machine_view     the helper, what is intercepted, what else has a say
rules_page     the list of rules, and what changes it
rule_view        … as a table     rule_actions  … its buttons, menu and keys
rule_asking      … its dialogs and the clipboard
rule_tester      where would this go, and why?
log_page       what Byway has said of its doings
settings_page  the app's own settings, and where files are
profile_settings  … those that are the profile's
section        what pages are put together from
"""
