namespace LibNetwork;

/// <summary>Something that a controller tells beyond the answers to its verbs. Each kind of event is a record of its own.</summary>
public abstract record ControllerEvent
{
    /// <summary>When it happened.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The object that it is about, for example <c>network "web"</c>.</summary>
    public required string Subject { get; init; }
}
