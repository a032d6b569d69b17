"""Words and values for what is shown. No Qt, so that every sentence is tested without a window.

standing   how the own engine and its profile stand
flows      a connection's cells
rules      a rule's cells, kinds, problems
targets    where rules send connections
rules_text  rules as lines of text
rule_test  the tester's question and answer
flow_details   all there is to know of one
flow_filter    which are wanted
flow_order     what they are sorted by
rule_offers    rules that one suggests
command    a typed command line
traffic    bytes per second, from counters
totals     what went where since it was turned on
troubles   what does not work in a running engine
explained  the helper, what is intercepted, what else has a say
installer  how the helper is installed
first_steps  what may be chosen there, and the profile that comes of it
log_lines  lines of a log
interfaces      this machine's network interfaces
profile_values  single values of the open profile
desktop_entry   the syntax of .desktop files
applications    those that are installed here
program_names   … and those that run, as a rule names them
terminals       in which a program stays in its network
upstreams         a row, what its kind is    upstream_tests   what a test of it says, and of what
upstream_form     its fields
upstream_changes  what can be done to them                       upstream_words  … asks and says
dns               the profile's DNS          dns_rules  … who is asked by name
rebasing          undoing a change after other changes
"""
