using System.Text;

namespace LibNetwork.Drivers.Cables;

/// <summary>The notes on interfaces by which a later process knows whose they are. Only the host writes them, so no container can lie in them.</summary>
/// <remarks>Words between spaces: a prefix with the id, what a record would hold, and last the name, if there is room. Earlier versions wrote the id only.</remarks>
internal static class InterfaceMark
{
    /// <summary>What stands for a word that there is not.</summary>
    public const string None = "-";

    private const int MaxBytes = 255;   // IFALIASZ less the end

    /// <summary>Puts a mark together. A name for which there is no room is left out, and so are all the words if even they are too long.</summary>
    public static string Join(string prefix, string id, string words, string name)
    {
        string mark = $"{prefix}{id} {words}";
        return Fits($"{mark} {name}") ? $"{mark} {name}" : Fits(mark) ? mark : prefix + id;
    }

    /// <summary>Whether two marks are of the same thing, whichever versions wrote them.</summary>
    public static bool IsOfSame(string? mark, string other) => mark is not null && FirstWord(mark).SequenceEqual(FirstWord(other));

    private static ReadOnlySpan<char> FirstWord(string mark) => mark.AsSpan(0, mark.IndexOf(' ', StringComparison.Ordinal) is var end and >= 0 ? end : mark.Length);

    private static bool Fits(string mark) => Encoding.UTF8.GetByteCount(mark) <= MaxBytes;
}
