namespace LibNetwork.Linux.Nftables;

/// <summary>What happens to a packet; the numbers are the kernel's.</summary>
public enum NftVerdictKind
{
    /// <summary>It is dropped.</summary>
    Drop = 0,

    /// <summary>It passes this base chain.</summary>
    Accept = 1,

    /// <summary>The next rule decides.</summary>
    Continue = -1,

    /// <summary>Another chain decides, and then the next rule.</summary>
    Jump = -3,

    /// <summary>Another chain decides, without coming back.</summary>
    Goto = -4,

    /// <summary>The chain that jumped here goes on.</summary>
    Return = -5,
}
