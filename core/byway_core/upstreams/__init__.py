"""Where connections go out.

gateway   an upstream of the profile with its secret at hand: makes handshakes
direct    plain sockets of this process
"""
