using System.Collections.Immutable;
using LibNetwork.ServiceDiscovery.Egress;

namespace LibNetwork.ServiceDiscovery.Names;

/// <summary>What a sandbox may ask about, at one moment: its networks in order, and how it asks. Immutable, except that its networks' names live.</summary>
internal sealed record SandboxView
{
    public static SandboxView Nothing { get; } = new();

    public ImmutableArray<ViewNetwork> Networks { get; init; } = [];

    /// <summary>Domains that the sandbox's programs append by themselves.</summary>
    public ImmutableArray<NameKey> SearchDomains { get; init; } = [];

    /// <summary>Whether names without a dot stay here, because the user said how many dots a name from outside has.</summary>
    public bool KeepsUndotted { get; init; }

    /// <summary>Whether one of the networks leads out.</summary>
    public bool HasWayOut { get; init; }

    /// <summary>What its endpoints may reach; <see langword="null"/> when none has a policy.</summary>
    public SandboxEgress? Egress { get; init; }

    /// <summary>Finds the addresses of a name: as it is, as <c>name.network</c>, or with one of the search domains behind it.</summary>
    /// <param name="name">Lower-case labels in a buffer.</param>
    /// <param name="length">Their bytes.</param>
    public NameEntry? Find(byte[] name, int length)
    {
        NameEntry? found = FindAnywhere(new NameKey(name, length));
        for (int cut = LastLabel(name, length); found is null && cut > 0; cut = LastLabel(name, cut))
        {
            ReadOnlySpan<byte> right = name.AsSpan(cut, length - cut);
            foreach (ViewNetwork network in Networks)
            {
                if (network.Names.Domain is { } domain && right.SequenceEqual(domain.Labels) && FindOn(network, new NameKey(name, cut)) is { } entry)
                {
                    return entry;
                }
            }

            found = FindSearched(right, name, cut);
        }

        return found;
    }

    /// <summary>Finds a service, as it is or with the network's name behind it.</summary>
    public ServiceEntry? FindService(byte[] name, int length)
    {
        NameKey whole = new(name, length);
        foreach (ViewNetwork network in Networks)
        {
            if (network.Names.Current.FindService(whole) is { } entry)
            {
                return entry;
            }
        }

        for (int cut = LastLabel(name, length); cut > 0; cut = LastLabel(name, cut))
        {
            foreach (ViewNetwork network in Networks)
            {
                if (network.Names.Domain is { } domain && name.AsSpan(cut, length - cut).SequenceEqual(domain.Labels)
                    && network.Names.Current.FindService(new NameKey(name, cut)) is { } entry)
                {
                    return entry;
                }
            }
        }

        return null;
    }

    /// <summary>Finds the name of an address.</summary>
    public NameKey? FindPointer(UInt128 address)
    {
        foreach (ViewNetwork network in Networks)
        {
            if (network.Names.Current.FindPointer(address) is { } name)
            {
                return name;
            }
        }

        return null;
    }

    // A name from outside that is ours plus a search domain must not win over ours: the programs mean ours.
    private NameEntry? FindSearched(ReadOnlySpan<byte> right, byte[] name, int cut)
    {
        foreach (NameKey domain in SearchDomains)
        {
            if (right.SequenceEqual(domain.Labels))
            {
                return FindAnywhere(new NameKey(name, cut));
            }
        }

        return null;
    }

    private NameEntry? FindAnywhere(NameKey name)
    {
        foreach (ViewNetwork network in Networks)
        {
            if (network.Links.TryGetValue(name, out NameKey real) && network.Names.Current.Find(real) is { } entry)
            {
                return entry;
            }
        }

        foreach (ViewNetwork network in Networks)
        {
            if (!network.Links.ContainsKey(name) && network.Names.Current.Find(name) is { } entry)
            {
                return entry;
            }
        }

        return null;
    }

    private static NameEntry? FindOn(ViewNetwork network, NameKey name)
        => network.Names.Current.Find(network.Links.TryGetValue(name, out NameKey real) ? real : name);

    /// <returns>Where the last label of the first bytes begins; 0 when there is but one.</returns>
    private static int LastLabel(byte[] name, int length)
    {
        int last = 0;
        for (int position = 0; position < length; position += 1 + name[position])
        {
            last = position;
        }

        return last;
    }
}
