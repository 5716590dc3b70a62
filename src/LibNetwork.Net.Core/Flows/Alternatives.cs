namespace LibNetwork.Flows;

/// <summary>Answers to what is not known, one combination after the other; the first is that nothing unknown matches.</summary>
internal sealed class Alternatives
{
    private readonly List<(int Chosen, int Count, string About)> _choices = [];
    private int _next;

    /// <summary>What was not known on the way that was taken last.</summary>
    public IReadOnlyList<string> Unknowns => [.. _choices.Take(_next).Select(static choice => choice.About).Distinct()];

    /// <summary>Picks one of several possibilities; 0 is that a condition does not match. One of one is only remembered as not known.</summary>
    public int Choose(int count, string about)
    {
        if (_next == _choices.Count)
        {
            _choices.Add((0, count, about));
        }

        return _choices[_next++].Chosen;
    }

    /// <summary>Goes back to the start with the next combination.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Advance()
    {
        _next = 0;
        for (int last = _choices.Count - 1; last >= 0; last--)
        {
            (int chosen, int count, string about) = _choices[last];
            if (chosen + 1 < count)
            {
                _choices[last] = (chosen + 1, count, about);
                return true;
            }

            _choices.RemoveAt(last);
        }

        return false;
    }
}
