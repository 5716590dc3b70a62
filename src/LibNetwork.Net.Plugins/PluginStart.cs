namespace LibNetwork.Plugins;

/// <summary>Something that must be done once before the first verb; when it fails, the next verb tries again.</summary>
internal sealed class PluginStart(Func<CancellationToken, ValueTask> begin)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile bool _isDone;

    public async ValueTask EnsureAsync(CancellationToken cancellationToken)
    {
        if (_isDone)
        {
            return;
        }

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_isDone)
            {
                await begin(cancellationToken).ConfigureAwait(false);
                _isDone = true;
            }
        }
        finally
        {
            _turn.Release();
        }
    }
}
