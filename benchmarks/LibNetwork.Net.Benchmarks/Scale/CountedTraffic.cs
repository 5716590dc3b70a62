namespace LibNetwork.Benchmarks.Scale;

/// <summary>What all nodes together ask a store, and what it tells them.</summary>
internal sealed class CountedTraffic
{
    private long _commits, _changes, _lists, _listed, _told, _toldBytes;

    public (long Commits, long Changes, long Lists, long Listed, long Told, long ToldBytes) Total
        => (Interlocked.Read(ref _commits), Interlocked.Read(ref _changes), Interlocked.Read(ref _lists), Interlocked.Read(ref _listed), Interlocked.Read(ref _told), Interlocked.Read(ref _toldBytes));

    public void Commit(int changes)
    {
        Interlocked.Increment(ref _commits);
        Interlocked.Add(ref _changes, changes);
    }

    public void List(int entries)
    {
        Interlocked.Increment(ref _lists);
        Interlocked.Add(ref _listed, entries);
    }

    public void Tell(int bytes)
    {
        Interlocked.Increment(ref _told);
        Interlocked.Add(ref _toldBytes, bytes);
    }
}
