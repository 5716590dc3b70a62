using LibNetwork.ServiceDiscovery.Dns;

namespace LibNetwork.ServiceDiscovery.Forwarding;

/// <summary>A message to be forwarded. Two are equal when they differ in nothing but the id.</summary>
internal sealed class Question : IEquatable<Question>
{
    private readonly byte[] _message;
    private readonly int _hash;

    /// <summary>Takes a message that was read as a question.</summary>
    public Question(byte[] message, bool isStream)
    {
        _message = message;
        IsStream = isStream;
        DnsQuery.Read(message, out DnsQuery query);
        End = query.QuestionEnd;
        HashCode hash = default;
        hash.Add(isStream);
        hash.AddBytes(message.AsSpan(DnsWire.FlagsOffset));
        _hash = hash.ToHashCode();
    }

    /// <summary>Whether it came, and goes, over TCP.</summary>
    public bool IsStream { get; }

    /// <summary>Where the question ends.</summary>
    public int End { get; }

    public ReadOnlySpan<byte> Message => _message;

    public bool Equals(Question? other)
        => other is not null && _hash == other._hash && IsStream == other.IsStream
            && _message.AsSpan(DnsWire.FlagsOffset).SequenceEqual(other._message.AsSpan(DnsWire.FlagsOffset));

    public override bool Equals(object? obj) => Equals(obj as Question);

    public override int GetHashCode() => _hash;
}
