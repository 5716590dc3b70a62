using LibNetwork.Internal;

namespace LibNetwork;

/// <summary>What a network, endpoint or container may be called.</summary>
public static class ObjectName
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxLength = 255;

    /// <summary>Checks a name: not blank, at most <see cref="MaxLength"/> characters, no <c>-</c> in front, no <c>/</c> and no control character.</summary>
    /// <param name="name">The name.</param>
    /// <param name="subject">What is being named, for the error: <c>network</c>.</param>
    /// <param name="field">The property that holds the name, for the error.</param>
    /// <returns>The name.</returns>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>, naming <paramref name="field"/>.</exception>
    public static string Checked(string? name, string subject, string field = "Name")
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw NetworkException.InvalidArgument(subject, field, "is empty");
        }

        if (name.Length > MaxLength)
        {
            throw NetworkException.InvalidArgument(subject, field, $"has {name.Length} characters, more than {MaxLength}");
        }

        if (name.Contains('/') || name.Any(char.IsControl))
        {
            throw NetworkException.InvalidArgument(subject, field, $"\"{Printable.Of(name)}\" contains '/' or a control character");
        }

        if (name[0] == '-')
        {
            throw NetworkException.InvalidArgument(subject, field, $"\"{name}\" begins with '-', so that tools would take it for an option");
        }

        return name;
    }
}
