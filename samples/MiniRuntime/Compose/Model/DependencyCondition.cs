namespace MiniRuntime.Compose.Model;

/// <summary>What must be true of a service before one that depends on it is started.</summary>
internal enum DependencyCondition
{
    Started,

    /// <summary>It has run to its end, with exit code 0.</summary>
    CompletedSuccessfully,
}
