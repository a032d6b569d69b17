"""Windows.

main_window    how it stands, and the pages: header, banner (what is wrong), toast (what was said)
connections_page  flow_view, flow_columns, flow_filter_bar, flow_panel
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
upstreams_page    the upstreams: upstream_view (the list), upstream_actions (what can be done)
dns_page       names: server_list (who is asked), name_rules (who else, by name),
               fake_names, own_names
exposure         when a window has its place
edited_table     a list whose rows are edited in dialogs
"""
