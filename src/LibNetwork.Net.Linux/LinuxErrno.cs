namespace LibNetwork.Linux;

/// <summary>The error numbers that this library acts on, from the kernel's <c>errno-base.h</c> and <c>errno.h</c>.</summary>
public static class LinuxErrno
{
    /// <summary>Operation not permitted.</summary>
    public const int EPERM = 1;

    /// <summary>No such file or directory.</summary>
    public const int ENOENT = 2;

    /// <summary>No such process; rtnetlink's answer for a route or rule that is not there.</summary>
    public const int ESRCH = 3;

    /// <summary>Interrupted system call.</summary>
    public const int EINTR = 4;

    /// <summary>Input or output error.</summary>
    public const int EIO = 5;

    /// <summary>Try again.</summary>
    public const int EAGAIN = 11;

    /// <summary>Out of memory.</summary>
    public const int ENOMEM = 12;

    /// <summary>Permission denied.</summary>
    public const int EACCES = 13;

    /// <summary>Device or resource busy.</summary>
    public const int EBUSY = 16;

    /// <summary>The object exists.</summary>
    public const int EEXIST = 17;

    /// <summary>Another file system is in the way of a file; the routing table's answer for a packet that cannot come by an interface.</summary>
    public const int EXDEV = 18;

    /// <summary>No such device.</summary>
    public const int ENODEV = 19;

    /// <summary>A part of a path is no folder.</summary>
    public const int ENOTDIR = 20;

    /// <summary>Invalid argument.</summary>
    public const int EINVAL = 22;

    /// <summary>The system has no room for another open file.</summary>
    public const int ENFILE = 23;

    /// <summary>The process has no descriptor left.</summary>
    public const int EMFILE = 24;

    /// <summary>Numerical result out of range; rtnetlink's answer to a name that is too long.</summary>
    public const int ERANGE = 34;

    /// <summary>The kernel does not know the call.</summary>
    public const int ENOSYS = 38;

    /// <summary>A symbolic link is in the way.</summary>
    public const int ELOOP = 40;

    /// <summary>No number is left: a bridge has all the ports that the kernel allows (1023).</summary>
    public const int EXFULL = 54;

    /// <summary>The kernel lacks the protocol.</summary>
    public const int EPROTONOSUPPORT = 93;

    /// <summary>Operation not supported.</summary>
    public const int EOPNOTSUPP = 95;

    /// <summary>Address family not supported by protocol.</summary>
    public const int EAFNOSUPPORT = 97;

    /// <summary>Address already in use.</summary>
    public const int EADDRINUSE = 98;

    /// <summary>Cannot assign requested address.</summary>
    public const int EADDRNOTAVAIL = 99;

    /// <summary>Network is down.</summary>
    public const int ENETDOWN = 100;

    /// <summary>Network is unreachable.</summary>
    public const int ENETUNREACH = 101;

    /// <summary>Software caused connection abort: a connection that waited to be accepted is gone.</summary>
    public const int ECONNABORTED = 103;

    /// <summary>No buffer space: a netlink receiver was too slow and lost messages.</summary>
    public const int ENOBUFS = 105;

    /// <summary>Transport endpoint is not connected.</summary>
    public const int ENOTCONN = 107;

    /// <summary>No route to host: a route says so.</summary>
    public const int EHOSTUNREACH = 113;

    /// <summary>Too many links: the object is still referred to.</summary>
    public const int EMLINK = 31;

    /// <summary>The request must be made anew: the rule set changed meanwhile.</summary>
    public const int ERESTART = 85;

    internal static string Name(int errno) => errno switch
    {
        EPERM => "operation not permitted (EPERM)",
        ENOENT => "no such object (ENOENT)",
        ESRCH => "no such entry (ESRCH)",
        EINTR => "interrupted (EINTR)",
        EIO => "input or output error (EIO)",
        EAGAIN => "try again (EAGAIN)",
        ENOMEM => "out of memory (ENOMEM)",
        EACCES => "permission denied (EACCES)",
        EBUSY => "busy (EBUSY)",
        EEXIST => "exists already (EEXIST)",
        ENODEV => "no such device (ENODEV)",
        ENOTDIR => "a part of the path is no folder (ENOTDIR)",
        EINVAL => "invalid argument (EINVAL)",
        EXDEV => "another file system, or the wrong interface, is in the way (EXDEV)",
        ENOSYS => "no such system call (ENOSYS)",
        ELOOP => "a symbolic link is in the way (ELOOP)",
        ENFILE => "no open file left (ENFILE)",
        EMFILE => "no descriptor left (EMFILE)",
        EMLINK => "still referred to (EMLINK)",
        ERANGE => "out of range (ERANGE)",
        ERESTART => "changed meanwhile (ERESTART)",
        EOPNOTSUPP => "not supported (EOPNOTSUPP)",
        EAFNOSUPPORT => "address family not supported (EAFNOSUPPORT)",
        EADDRINUSE => "address in use (EADDRINUSE)",
        EADDRNOTAVAIL => "address not available (EADDRNOTAVAIL)",
        ENETDOWN => "network is down (ENETDOWN)",
        ENETUNREACH => "network unreachable (ENETUNREACH)",
        ECONNABORTED => "connection aborted (ECONNABORTED)",
        ENOBUFS => "no buffer space (ENOBUFS)",
        ENOTCONN => "not connected (ENOTCONN)",
        EHOSTUNREACH => "host unreachable (EHOSTUNREACH)",
        _ => $"errno {errno}",
    };
}
