namespace MiniRuntime.Compose.Plan;

/// <summary>What must be done about an object.</summary>
internal enum ChangeKind
{
    /// <summary>Nothing: it is there, and as it should be.</summary>
    Keep,

    /// <summary>It is as it should be, and does not run.</summary>
    Start,

    Create,

    /// <summary>What is there differs, and makes way for a new one.</summary>
    Replace,
}
