namespace LibNetwork;

/// <summary>An operation failed and left nothing half done. Says on what, why, who holds what was asked for, and what helps.</summary>
/// <remarks>Misuse of the API throws the BCL's own exceptions, cancellation is always <see cref="OperationCanceledException"/>.</remarks>
public class NetworkException : Exception
{
    /// <summary>Describes a failure.</summary>
    /// <param name="kind">Why, in terms that a caller can act on.</param>
    /// <param name="subject">The object, for example <c>network "web"</c>.</param>
    /// <param name="problem">What is wrong, as the rest of a sentence that begins with the object.</param>
    /// <param name="innerException">The cause, or <see langword="null"/>.</param>
    public NetworkException(NetworkErrorKind kind, string subject, string problem, Exception? innerException = null)
        : base($"{subject}: {problem}", innerException)
    {
        Kind = kind;
        Subject = subject;
        Problem = problem;
    }

    /// <summary>Why it failed.</summary>
    public NetworkErrorKind Kind { get; }

    /// <summary>What exactly is behind the kind.</summary>
    /// <value>The default is <see cref="NetworkErrorReason.None"/>: nothing that a caller would have to tell apart.</value>
    public NetworkErrorReason Reason { get; init; }

    /// <summary>The object that the operation was on.</summary>
    public string Subject { get; }

    /// <summary>What is wrong with it.</summary>
    public string Problem { get; }

    /// <summary>The argument at fault, for <see cref="NetworkErrorKind.InvalidArgument"/>: the property's or label's name.</summary>
    public string? Field { get; init; }

    /// <summary>Who holds what was asked for, for <see cref="NetworkErrorKind.Conflict"/> and <see cref="NetworkErrorKind.Forbidden"/>; the oldest few, for <see cref="NetworkErrorKind.Exhausted"/>.</summary>
    public string? Holder { get; init; }

    /// <summary>What the caller can do about it.</summary>
    public string? Remedy { get; init; }

    /// <summary>Whether the same call may succeed later without anything else being changed.</summary>
    public bool IsTransient => Kind is NetworkErrorKind.Unavailable;

    /// <summary>The whole story: object, problem, holder and remedy.</summary>
    public override string Message
    {
        get
        {
            string message = base.Message;
            if (Holder is not null && !Problem.Contains(Holder, StringComparison.Ordinal))
            {
                message += $"; held by {Holder}";
            }

            return Remedy is null ? message : $"{message}; {Remedy}";
        }
    }

    /// <summary>An argument is not valid.</summary>
    public static NetworkException InvalidArgument(string subject, string field, string problem)
        => new(NetworkErrorKind.InvalidArgument, subject, $"{field} {problem}") { Field = field };

    /// <summary>An object does not exist.</summary>
    public static NetworkException NotFound(string subject) => new(NetworkErrorKind.NotFound, subject, "does not exist");

    /// <summary>The object's state forbids the operation.</summary>
    public static NetworkException Forbidden(string subject, string problem, string? holder = null, string? remedy = null)
        => new(NetworkErrorKind.Forbidden, subject, problem) { Holder = holder, Remedy = remedy };

    /// <summary>Something is taken.</summary>
    public static NetworkException Conflict(string subject, string problem, string? holder = null, string? remedy = null)
        => new(NetworkErrorKind.Conflict, subject, problem) { Holder = holder, Remedy = remedy };
}
