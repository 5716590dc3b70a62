namespace LibNetwork.Linux.Nftables;

/// <summary>What happens to a packet, and in which chain it goes on.</summary>
public sealed record NftVerdict
{
    private NftVerdict(NftVerdictKind kind, string? chain = null)
    {
        Kind = kind;
        Chain = chain;
    }

    /// <summary>The packet passes this base chain.</summary>
    public static NftVerdict Accept { get; } = new(NftVerdictKind.Accept);

    /// <summary>The packet is dropped.</summary>
    public static NftVerdict Drop { get; } = new(NftVerdictKind.Drop);

    /// <summary>The next rule decides.</summary>
    public static NftVerdict Continue { get; } = new(NftVerdictKind.Continue);

    /// <summary>The chain that jumped here goes on.</summary>
    public static NftVerdict Return { get; } = new(NftVerdictKind.Return);

    /// <summary>What happens.</summary>
    public NftVerdictKind Kind { get; }

    /// <summary>The chain to go on in; only for <see cref="NftVerdictKind.Jump"/> and <see cref="NftVerdictKind.Goto"/>.</summary>
    public string? Chain { get; }

    /// <summary>Another chain decides, and then the next rule.</summary>
    public static NftVerdict Jump(string chain)
    {
        NftName.Check(chain, nameof(chain));
        return new NftVerdict(NftVerdictKind.Jump, chain);
    }

    /// <summary>Another chain decides, without coming back.</summary>
    public static NftVerdict Goto(string chain)
    {
        NftName.Check(chain, nameof(chain));
        return new NftVerdict(NftVerdictKind.Goto, chain);
    }

    /// <summary>As libnftnl prints it.</summary>
    public override string ToString()
    {
        string kind = Kind.ToString().ToLowerInvariant();
        return Chain is null ? kind : $"{kind} -> {Chain}";
    }

    /// <summary>A verdict as the kernel reported it.</summary>
    internal static NftVerdict Read(int code, string? chain) => new((NftVerdictKind)code, chain);
}
