using System.Numerics;

namespace LibNetwork.Benchmarks;

/// <summary>The plainest address set: one bit per address, searched from the beginning. What the pool's tree is compared with.</summary>
internal sealed class BitmapScan(int size)
{
    private readonly ulong[] _words = new ulong[(size + 63) / 64];

    /// <summary>Takes the first so many of an empty set.</summary>
    public void Fill(int count)
    {
        _words.AsSpan(0, count / 64).Fill(ulong.MaxValue);
        for (int number = count / 64 * 64; number < count; number++)
        {
            _words[number / 64] |= 1UL << (number % 64);
        }
    }

    public int TakeLowest()
    {
        for (int i = 0; i < _words.Length; i++)
        {
            if (_words[i] != ulong.MaxValue)
            {
                int bit = BitOperations.TrailingZeroCount(~_words[i]);
                _words[i] |= 1UL << bit;
                return (i * 64) + bit;
            }
        }

        return -1;
    }

    public void Release(int number) => _words[number / 64] &= ~(1UL << (number % 64));
}
