namespace MiniRuntime.Engine.Model;

/// <summary>The value of a set's member in the Docker Engine API: <c>{}</c>.</summary>
internal sealed record EmptyObject;
