using System.Text.RegularExpressions;

namespace MiniRuntime.Compose.Reading;

/// <summary>What a scalar is by YAML's core schema. What stands in quotes is text, whatever it looks like.</summary>
internal static partial class ScalarKind
{
    public static bool IsNull(string plain) => plain is "" or "~" or "null" or "Null" or "NULL";

    public static bool? AsBoolean(string plain) => plain switch
    {
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => null,
    };

    public static bool IsInteger(string plain) => Integer().IsMatch(plain);

    [GeneratedRegex("^[-+]?[0-9]+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Integer();
}
