using System.Threading.Channels;

namespace LibNetwork.Cluster;

/// <summary>Wakes one who waits for work. What comes while nobody waits is remembered, however much it is, as once.</summary>
internal sealed class Pulse
{
    private readonly Channel<bool> _beats = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Beat() => _beats.Writer.TryWrite(true);

    public async ValueTask WaitAsync(CancellationToken cancellationToken) => await _beats.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
}
