using System.Security.Cryptography;

namespace MiniRuntime.Engine.Images;

/// <summary>Hashes what is read through it.</summary>
internal sealed class HashingStream(Stream source, IncrementalHash hash) : ReadOnlyStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await source.ReadAsync(buffer, cancellationToken);
        hash.AppendData(buffer.Span[..read]);
        return read;
    }
}
