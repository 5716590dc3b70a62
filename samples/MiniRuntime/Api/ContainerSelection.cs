using LibNetwork;
using MiniRuntime.Engine;
using MiniRuntime.Engine.Containers;

namespace MiniRuntime.Api;

/// <summary>Which containers a client wants listed (<c>docker ps --filter</c>).</summary>
internal sealed class ContainerSelection
{
    private static readonly string[] States = ["created", "restarting", "running", "removing", "paused", "exited", "dead"];

    private readonly RuntimeEngine _engine;
    private readonly Filters _filters;
    private readonly bool _all;
    private readonly int _limit;

    public ContainerSelection(RuntimeEngine engine, string? filters, bool all, int? limit)
    {
        _engine = engine;
        _filters = Filters.Parse(
            filters,
            "id", "name", "status", "network", "label", "ancestor", "exited", "publish", "expose", "before", "since", "health", "volume", "is-task");
        _limit = limit ?? 0;
        _all = all || _limit > 0 || new[] { "status", "exited", "before", "since" }.Any(key => _filters[key].Count > 0);
        if (_filters["status"].FirstOrDefault(status => !States.Contains(status)) is { } unknown)
        {
            throw EngineException.BadRequest($"invalid filter 'status={unknown}'");
        }
    }

    public IEnumerable<Container> Select()
    {
        DateTimeOffset before = Limit("before", _engine, DateTimeOffset.MaxValue);
        DateTimeOffset since = Limit("since", _engine, DateTimeOffset.MinValue);
        IEnumerable<Container> selected = _engine.Containers.List()
            .Where(container => container.Record.Created < before && container.Record.Created > since && Matches(container.Record));
        return _limit > 0 ? selected.Take(_limit) : selected;
    }

    private DateTimeOffset Limit(string key, RuntimeEngine engine, DateTimeOffset none)
        => _filters[key] is [string other, ..] ? engine.Containers.Get(other).Record.Created : none;

    private bool Matches(ContainerRecord record)
        => (_all || record.Status == ContainerStatus.Running)
            && _filters.MatchesBeginning("id", record.Id)
            && (_filters.MatchesPattern("name", record.Name) || _filters.MatchesPattern("name", $"/{record.Name}"))
            && _filters.MatchesExactly("status", ContainerViews.State(record))
            && MatchesNetwork(record)
            && _filters.MatchesLabels("label", record.Config.Labels ?? new Dictionary<string, string>())
            && MatchesImage(record)
            && (_filters["exited"].Count == 0
                || (record.Status == ContainerStatus.Exited && _filters.MatchesExactly("exited", $"{record.ExitCode}")))
            && MatchesPort("publish", record.HostConfig.PortBindings?.Keys ?? [])
            && MatchesPort("expose", PublishedPorts.Exposed(record))
            && _filters.MatchesExactly("health", "none")
            && _filters["volume"].Count == 0
            && _filters.Flag("is-task") != true;

    private bool MatchesNetwork(ContainerRecord record)
    {
        IReadOnlyList<string> wanted = _filters["network"];
        return wanted.Count == 0
            || record.Networks.Any(network => wanted.Any(value => value == network.Key
                || record.ShownNetworks()[network.Key].NetworkId is { Length: > 0 } id && id.StartsWith(value, StringComparison.Ordinal)));
    }

    private bool MatchesImage(ContainerRecord record)
    {
        IReadOnlyList<string> wanted = _filters["ancestor"];
        return wanted.Count == 0
            || wanted.Any(value => value == record.Config.Image || value == record.ImageId || _engine.Images.Find(value)?.Id == record.ImageId);
    }

    private bool MatchesPort(string key, IEnumerable<string> ports)
        => _filters[key] is not { Count: > 0 } wanted
            || ports.Select(TransportPort.Parse).Any(port => wanted.Any(value => Covers(value, port)));

    // 80, 80/udp, 8000-8010/tcp
    private static bool Covers(string wanted, TransportPort port)
    {
        string[] parts = wanted.Split('/');
        string[] range = parts[0].Split('-');
        string protocol = parts.Length > 1 ? parts[1] : "tcp";
        return TransportPort.TryParse($"{range[0]}/{protocol}", out TransportPort first)
            && TransportPort.TryParse($"{range[^1]}/{protocol}", out TransportPort last)
            ? port.Protocol == first.Protocol && port.Number >= first.Number && port.Number <= last.Number
            : throw EngineException.BadRequest($"invalid filter: port \"{wanted}\"");
    }
}
