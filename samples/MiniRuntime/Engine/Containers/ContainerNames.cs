using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace MiniRuntime.Engine.Containers;

/// <summary>What containers may be called, and what they are called when nobody says.</summary>
internal static partial class ContainerNames
{
    private static readonly string[] Adjectives =
    [
        "able", "bold", "brave", "bright", "calm", "clever", "cosy", "eager", "fair", "fast", "gentle", "glad", "grand", "happy", "jolly",
        "keen", "kind", "lively", "lucky", "merry", "neat", "nimble", "proud", "quick", "quiet", "sharp", "sunny", "swift", "warm", "wise",
    ];

    private static readonly string[] Animals =
    [
        "badger", "bear", "beaver", "crane", "deer", "dolphin", "eagle", "falcon", "finch", "fox", "hare", "hawk", "heron", "horse", "ibex",
        "jay", "lark", "lion", "lynx", "marten", "otter", "owl", "panda", "raven", "robin", "seal", "stork", "swan", "tiger", "wolf",
    ];

    /// <summary>Takes a name as the API gives it, perhaps with a slash in front.</summary>
    /// <exception cref="EngineException">400: characters that a name may not have.</exception>
    public static string Checked(string name)
        => Allowed().IsMatch(name)
            ? name.TrimStart('/')
            : throw EngineException.BadRequest($"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");

    public static string Random(Func<string, bool> isTaken)
    {
        string name;
        do
        {
            name = $"{Adjectives[RandomNumberGenerator.GetInt32(Adjectives.Length)]}_{Animals[RandomNumberGenerator.GetInt32(Animals.Length)]}";
            name = isTaken(name) ? $"{name}{RandomNumberGenerator.GetInt32(1000)}" : name;
        }
        while (isTaken(name));
        return name;
    }

    [GeneratedRegex("^/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Allowed();
}
