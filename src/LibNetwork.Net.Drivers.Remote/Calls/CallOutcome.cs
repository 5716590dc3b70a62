namespace LibNetwork.Drivers.Remote;

/// <summary>What is known of a call that failed.</summary>
internal enum CallOutcome
{
    /// <summary>The plugin may have done it: whoever called takes it back.</summary>
    Unknown,

    /// <summary>The plugin said no.</summary>
    Refused,

    /// <summary>The plugin never heard of it; trying again may help.</summary>
    NotReached,

    /// <summary>The plugin never heard of it, and trying again would not help.</summary>
    NotSent,
}
