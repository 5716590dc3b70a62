namespace LibNetwork.Linux.Nftables;

/// <summary>Where on a packet's way a base chain sits (<c>NF_INET_*</c>; ARP tables know <see cref="Input"/>, <see cref="Output"/> and <see cref="Forward"/> only).</summary>
public enum NftHook
{
    /// <summary>Before routing.</summary>
    Prerouting = 0,

    /// <summary>To a local process.</summary>
    Input = 1,

    /// <summary>Passing through.</summary>
    Forward = 2,

    /// <summary>From a local process.</summary>
    Output = 3,

    /// <summary>After routing.</summary>
    Postrouting = 4,
}
