namespace LibNetwork.Linux;

/// <summary>One request to the kernel: a netlink message or a system call that changes or reads networking state.</summary>
/// <param name="Operation">What is asked, for example <c>create link</c>, <c>mount</c>, <c>write sysctl</c>.</param>
/// <param name="Subject">What it is asked of: an interface, table, path; may be empty.</param>
public readonly record struct KernelRequest(string Operation, string Subject)
{
    /// <summary>Whether it asks for a change, and not only for an answer.</summary>
    public bool IsChange { get; init; }

    /// <summary>What is to become of the subject, in words; only for an observer that wants it, and <see langword="null"/> when there is nothing to say.</summary>
    public string? Details { get; init; }

    /// <summary>The index of the link that it is about, which <see cref="Subject"/> calls <c>link 7</c>; 0 for none.</summary>
    public int Link { get; init; }

    /// <summary>Where the namespace in which it happens was found; <see langword="null"/> for the process's own, and for what is in none.</summary>
    public string? NamespacePath { get; init; }

    /// <summary>Whether the same is asked of the same, whatever else is known about it.</summary>
    public bool Equals(KernelRequest other)
        => string.Equals(Operation, other.Operation, StringComparison.Ordinal) && string.Equals(Subject, other.Subject, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Operation, Subject);

    /// <summary>The request as a sentence.</summary>
    public override string ToString()
    {
        string text = Subject.Length == 0 ? Operation : $"{Operation} {Subject}";
        return Details is null ? text : $"{text}: {Details}";
    }
}
