using System.Globalization;
using System.Text;

namespace LibNetwork.Ipam;

/// <summary>Who holds what the longest: the oldest few, for the message of an error.</summary>
internal sealed class HolderList
{
    private const int Limit = 5;

    private readonly List<(string What, string? Holder, DateTimeOffset Since)> _oldest = new(Limit + 1);

    /// <summary>How many holders there are in all.</summary>
    public ulong Total { get; set; }

    /// <summary>Whether a holder since that time belongs to the oldest few.</summary>
    public bool Wants(DateTimeOffset since) => _oldest.Count < Limit || since < _oldest[^1].Since;

    public void Add(string what, string? holder, DateTimeOffset since)
    {
        int index = _oldest.FindIndex(other => since < other.Since);
        _oldest.Insert(index < 0 ? _oldest.Count : index, (what, holder, since));
        if (_oldest.Count > Limit)
        {
            _oldest.RemoveAt(Limit);
        }
    }

    /// <summary>The list as text, with how long each has been held.</summary>
    public string Describe(DateTimeOffset now)
    {
        StringBuilder text = new();
        foreach ((string what, string? holder, DateTimeOffset since) in _oldest)
        {
            text.Append(text.Length == 0 ? string.Empty : ", ").Append(what).Append(" by ").Append(holder ?? "an unnamed request")
                .Append(" for ").Append(AgeOf(now - since));
        }

        if (Total > (ulong)_oldest.Count)
        {
            text.Append(CultureInfo.InvariantCulture, $" and {Total - (ulong)_oldest.Count} more");
        }

        return text.ToString();
    }

    private static string AgeOf(TimeSpan age)
        => age.TotalDays >= 1 ? $"{(long)age.TotalDays} d"
            : age.TotalHours >= 1 ? $"{(long)age.TotalHours} h"
            : age.TotalMinutes >= 1 ? $"{(long)age.TotalMinutes} min"
            : $"{Math.Max(0, (long)age.TotalSeconds)} s";
}
