namespace LibNetwork.Linux.Netlink;

/// <summary>Flags of a netlink message header (<c>NLM_F_*</c> in <c>linux/netlink.h</c>).</summary>
[Flags]
public enum NetlinkFlags : ushort
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>A request to the kernel.</summary>
    Request = 0x1,

    /// <summary>More parts of the same answer follow.</summary>
    Multi = 0x2,

    /// <summary>Answer with an acknowledgement.</summary>
    Ack = 0x4,

    /// <summary>Echo the resulting notification to the sender.</summary>
    Echo = 0x8,

    /// <summary>The dump changed while it was read.</summary>
    DumpInterrupted = 0x10,

    /// <summary>For a new object: replace an existing one.</summary>
    Replace = 0x100,

    /// <summary>For a new object: fail when it exists.</summary>
    Exclusive = 0x200,

    /// <summary>For a new object: create it when it does not exist.</summary>
    Create = 0x400,

    /// <summary>For a new object: append to the list.</summary>
    Append = 0x800,

    /// <summary>For a get: the whole table (root and match).</summary>
    Dump = 0x300,

    /// <summary>In an acknowledgement: the request's payload is left out.</summary>
    Capped = 0x100,

    /// <summary>In an acknowledgement: extended attributes follow.</summary>
    AckAttributes = 0x200,
}
