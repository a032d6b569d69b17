"""Where connections go out.

gateway   an upstream of the profile with its secret at hand: makes handshakes
ways      which members of a group a connection may take, the best first
standing  what one process knows of groups: what was chosen, who is alive
foretold  what a group would do with a destination, for explanations
probe     what a test of a member says to the host behind it
direct    plain sockets of this process
"""
