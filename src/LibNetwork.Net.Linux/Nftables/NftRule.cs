using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Linux.Nftables;

/// <summary>A rule: steps that run from left to right until one does not match. Built by chained calls, each appending; not thread safe.</summary>
/// <remarks>
/// Two rules are equal when steps and comment are, so a rule that was read from the kernel can be compared with a wanted one.
/// In an <see cref="NftFamily.Inet"/> or <see cref="NftFamily.Bridge"/> table, match the protocol (<see cref="NfProto"/>,
/// <see cref="L4Proto"/>, <see cref="EtherType"/>) before the fields of its header.
/// </remarks>
public sealed partial class NftRule : IEquatable<NftRule>
{
    private readonly List<NftExpression> _expressions = [];

    /// <summary>The steps.</summary>
    public IReadOnlyList<NftExpression> Expressions => _expressions;

    /// <summary>A remark that <c>nft list</c> shows; at most 127 bytes.</summary>
    public string? Comment { get; private set; }

    /// <summary>Sets the remark.</summary>
    public NftRule WithComment(string? comment)
    {
        NftName.CheckComment(comment, nameof(comment));
        Comment = comment;
        return this;
    }

    /// <summary>Appends a step.</summary>
    public NftRule Add(NftExpression expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        _expressions.Add(expression);
        return this;
    }

    /// <summary>Loads fields side by side from <paramref name="register"/> on.</summary>
    /// <param name="register">0 to 15, four bytes each.</param>
    /// <param name="fields">What to load.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fields do not fit the 64 bytes of registers.</exception>
    public NftRule Load(int register, params ReadOnlySpan<NftLoad> fields)
    {
        _expressions.AddRange(NftLoad.Concatenate(fields.ToArray(), register));
        return this;
    }

    /// <summary>Goes on only if a field compares with a constant.</summary>
    public NftRule Match(NftLoad field, NftComparison comparison, NftValue value)
        => Load(0, field).Add(new NftCompareExpression(0, comparison, NftBytes.Of(value)));

    /// <summary>Goes on only if a field has this value.</summary>
    public NftRule Match(NftLoad field, NftValue value) => Match(field, NftComparison.Equal, value);

    /// <summary>Goes on only if some bits of a field have this value: <c>field &amp; mask == value</c>.</summary>
    public NftRule MatchMasked(NftLoad field, NftValue mask, NftComparison comparison, NftValue value)
    {
        if (mask.Length != value.Length)
        {
            throw new ArgumentException($"The mask has {mask.Length} bytes, the value {value.Length}.", nameof(mask));
        }

        return Load(0, field)
            .Add(new NftBitwiseExpression(0, 0, NftBytes.Of(mask), new NftBytes(new byte[mask.Length])))
            .Add(new NftCompareExpression(0, comparison, NftBytes.Of(value)));
    }

    /// <summary>Goes on only if a field is within a range, both ends included; in network order.</summary>
    public NftRule MatchRange(NftLoad field, NftValue first, NftValue last, bool outside = false)
        => Load(0, field).Add(new NftRangeExpression(0, outside, NftBytes.Of(first), NftBytes.Of(last)));

    /// <summary>Goes on only if the fields are in a set.</summary>
    public NftRule InSet(string set, params ReadOnlySpan<NftLoad> fields) => Lookup(set, fields, destination: null, inverted: false);

    /// <summary>Goes on only if the fields are not in a set.</summary>
    public NftRule NotInSet(string set, params ReadOnlySpan<NftLoad> fields) => Lookup(set, fields, destination: null, inverted: true);

    /// <summary>Loads what a map has for the fields into register 0; does not go on if it has nothing.</summary>
    public NftRule Map(string map, params ReadOnlySpan<NftLoad> fields) => Lookup(map, fields, destination: 0, inverted: false);

    /// <summary>Does what a verdict map has for the fields; goes on if it has nothing.</summary>
    public NftRule VerdictMap(string map, params ReadOnlySpan<NftLoad> fields)
    {
        NftName.Check(map, nameof(map));
        return Load(0, fields).Add(new NftLookupExpression(map, 0, IsVerdictMap: true));
    }

    /// <inheritdoc/>
    public bool Equals(NftRule? other)
        => other is not null && string.Equals(Comment, other.Comment, StringComparison.Ordinal) && _expressions.SequenceEqual(other._expressions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NftRule);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Comment, _expressions.Count);

    /// <summary>One line per step, as <c>nft --debug=netlink</c> prints them.</summary>
    public override string ToString()
    {
        string steps = string.Join('\n', _expressions);
        return Comment is null ? steps : $"{steps}\n# {Comment}";
    }

    /// <summary>Sets the remark of a rule that was read; another program's may be longer than ours.</summary>
    internal NftRule WithFoundComment(string? comment)
    {
        Comment = comment;
        return this;
    }

    private NftRule Lookup(string set, ReadOnlySpan<NftLoad> fields, int? destination, bool inverted)
    {
        NftName.Check(set, nameof(set));
        return Load(0, fields).Add(new NftLookupExpression(set, 0, destination, inverted));
    }

    private static NftFamily FamilyOf(IPAddress address)
        => address.AddressFamily == AddressFamily.InterNetworkV6 ? NftFamily.IPv6 : NftFamily.IPv4;
}
