namespace MiniRuntime.Engine.Events;

/// <summary>Something that happened, as <c>docker events</c> shows it.</summary>
/// <param name="Type"><c>network</c>, <c>container</c> or <c>image</c>.</param>
/// <param name="Action">For example <c>connect</c> or <c>die</c>.</param>
/// <param name="ActorId">The object's id.</param>
/// <param name="Attributes">Details by name, as dockerd gives them: a network's <c>name</c>, <c>type</c>, <c>container</c>; a container's <c>name</c>, <c>image</c>, <c>exitCode</c>.</param>
/// <param name="Time">When.</param>
internal sealed record EngineEvent(
    string Type, string Action, string ActorId, IReadOnlyDictionary<string, string> Attributes, DateTimeOffset Time);
