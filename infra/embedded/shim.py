"""Become a server process that dies with its parent and does not run as root. Run as a script, never imported.

    python -I -S shim.py PARENT DEATH_SIGNAL IDENTITY OWNED COMMAND...

PARENT        pid of the process that must outlive us; we refuse to start once it is gone
DEATH_SIGNAL  number of the signal the kernel sends us when that process's starting thread ends; 0: none
IDENTITY      same: run as whoever we are
              namespace: root becomes `nobody` inside a user namespace; outside, files still belong to root
              capabilities: root becomes `nobody`, keeping the one capability that lets it walk into root's folders
              auto: namespace, or capabilities where the kernel or container refuses namespaces
OWNED         folder whose files must belong to the user that the command runs as; `-`: none
COMMAND       program by full path, and its arguments

PostgreSQL refuses to run as root. Creating a user, or opening up the folders above the data, would change the machine;
neither happens here. Only the standard library: this starts with -I -S in a few milliseconds.
"""

import ctypes
import os
import pwd
import resource
import sys

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 1 << 2
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522

libc = ctypes.CDLL(None, use_errno=True)


class CapabilityHeader(ctypes.Structure):
    """`struct __user_cap_header_struct` of linux/capability.h."""

    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class CapabilitySet(ctypes.Structure):
    """`struct __user_cap_data_struct`; the second of two holds the bits above 31."""

    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def main(arguments: list[str]) -> None:
    parent, death_signal, identity, owned, *command = arguments
    if os.geteuid() == 0 and identity != "same":
        leave_root(identity, owned)
    # What a crash would leave of memory has keys and names in it.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if int(death_signal):
        check(libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0), "prctl")
    if os.getppid() != int(parent):  # it died before the line above took hold
        sys.exit("the process that started this server is gone")
    os.execv(command[0], command)


def leave_root(identity: str, owned: str) -> None:
    other = ordinary_user()
    if identity in {"auto", "namespace"}:
        hand_over(owned, os.geteuid(), os.getegid())
        try:
            enter_namespace(other)
        except OSError as refused:
            if identity == "namespace":
                sys.exit(f"cannot leave root through a user namespace: {refused}")
        else:
            return
    hand_over(owned, other.pw_uid, other.pw_gid)
    try:
        drop_to(other)
    except OSError as refused:
        sys.exit(f"cannot leave root: {refused}; run as an ordinary user, or use an external server")


def ordinary_user() -> pwd.struct_passwd:
    """`nobody`, or any user but root: initdb asks for a name in the user table."""
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        others = [entry for entry in pwd.getpwall() if entry.pw_uid]
    if not others:
        sys.exit("this machine's user table knows only root, and PostgreSQL does not run as root")
    return others[0]


def enter_namespace(user: pwd.struct_passwd) -> None:
    uid, gid = os.geteuid(), os.getegid()
    check(libc.unshare(CLONE_NEWUSER), "unshare")
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{user.pw_uid} {uid} 1"),
        ("gid_map", f"{user.pw_gid} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as handle:
            handle.write(line)


def drop_to(user: pwd.struct_passwd) -> None:
    # Changing users must neither take the capability away nor hide it from access(2): PostgreSQL tries paths with that.
    check(libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0), "prctl")
    os.setgroups([])
    os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
    os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
    bit = 1 << CAP_DAC_OVERRIDE
    header = CapabilityHeader(CAPABILITY_VERSION_3, 0)
    sets = (CapabilitySet * 2)(CapabilitySet(bit, bit, bit), CapabilitySet(0, 0, 0))
    check(libc.capset(ctypes.byref(header), ctypes.byref(sets)), "capset")
    check(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0), "prctl")


def hand_over(folder: str, uid: int, gid: int) -> None:
    """Give a folder and all in it to a user, if it is another's (the way of leaving root may change)."""
    if folder == "-" or os.stat(folder).st_uid == uid:
        return
    for where, folders, files in os.walk(folder, topdown=False):
        for name in (*folders, *files):
            os.lchown(os.path.join(where, name), uid, gid)
    os.chown(folder, uid, gid)


def check(result: int, what: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


if __name__ == "__main__":
    main(sys.argv[1:])
