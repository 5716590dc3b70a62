namespace LibNetwork.Ipam;

/// <summary>A sparse set of numbers kept as sorted runs, so that the lowest free one is found without scanning. Not thread safe.</summary>
internal sealed class AddressRuns
{
    private readonly List<(UInt128 First, UInt128 Last)> _runs = [];

    /// <summary>How many numbers are taken.</summary>
    public UInt128 Count { get; private set; }

    public bool Contains(UInt128 number)
    {
        int index = IndexOfRunFrom(number);
        return index < _runs.Count && _runs[index].First <= number;
    }

    /// <summary>Takes a number.</summary>
    /// <returns><see langword="false"/> when it is taken already.</returns>
    public bool Add(UInt128 number)
    {
        int index = IndexOfRunFrom(number);
        if (index < _runs.Count && _runs[index].First <= number)
        {
            return false;
        }

        bool touchesPrevious = index > 0 && _runs[index - 1].Last + 1 == number;
        bool touchesNext = index < _runs.Count && number + 1 == _runs[index].First;
        if (touchesPrevious && touchesNext)
        {
            _runs[index - 1] = (_runs[index - 1].First, _runs[index].Last);
            _runs.RemoveAt(index);
        }
        else if (touchesPrevious)
        {
            _runs[index - 1] = (_runs[index - 1].First, number);
        }
        else if (touchesNext)
        {
            _runs[index] = (number, _runs[index].Last);
        }
        else
        {
            _runs.Insert(index, (number, number));
        }

        Count++;
        return true;
    }

    /// <summary>Gives a number back; one that is not taken is left alone.</summary>
    public void Remove(UInt128 number)
    {
        int index = IndexOfRunFrom(number);
        if (index == _runs.Count || _runs[index].First > number)
        {
            return;
        }

        (UInt128 first, UInt128 last) = _runs[index];
        _runs.RemoveAt(index);
        if (last > number)
        {
            _runs.Insert(index, (number + 1, last));
        }

        if (first < number)
        {
            _runs.Insert(index, (first, number - 1));
        }

        Count--;
    }

    /// <summary>The lowest number from <paramref name="first"/> to <paramref name="last"/> that is not taken.</summary>
    public UInt128? LowestFree(UInt128 first, UInt128 last)
    {
        int index = IndexOfRunFrom(first);
        if (index == _runs.Count || _runs[index].First > first)
        {
            return first;
        }

        UInt128 end = _runs[index].Last;
        return end >= last ? null : end + 1;   // runs never touch, so the number behind one is free
    }

    /// <summary>The first run that ends at or behind a number.</summary>
    private int IndexOfRunFrom(UInt128 number)
    {
        int low = 0, high = _runs.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_runs[middle].Last < number)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
