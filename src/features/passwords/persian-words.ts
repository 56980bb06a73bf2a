/**
 * What people in Iran build passwords from, most usual first: names, sayings, clubs, places, months, things. Each
 * entry is the Persian word and its usual spellings in Latin letters. The order stands for rank in guessability.ts.
 */
const entries = `
علی ali aly|محمد mohammad mohamad mohamed muhammad|رضا reza|حسین hossein hosein hussein|مهدی mahdi mehdi|سلام salam slm
عشق eshgh eshq|ایران iran|حسن hasan hassan|زهرا zahra|فاطمه fateme fatemeh fatima|خدا khoda|الله allah|امیر amir
گذرواژه gozarvazhe|رمز ramz|پسورد password|رمزعبور ramzeobur ramzobur|سعید saeed saeid|احمد ahmad|مریم maryam
پرسپولیس perspolis persepolis|استقلال esteghlal|تهران tehran|مادر madar|پدر pedar|مامان maman|بابا baba|جان jan joon
عزیزم azizam|دوست doost dust|دوستت_دارم doostetdaram dostetdaram duset_daram|عاشقتم asheghetam|عشقم eshgham|قلب ghalb
خدایا khodaya|یاعلی yaali|یاحسین yahossein yahosein|یازهرا yazahra|یامهدی yamahdi|یاالله yaallah|یاابالفضل yaabalfazl
بسم_الله bismillah besmellah|انشاالله inshallah enshallah|ماشاالله mashallah|صلوات salavat|امام emam imam|کربلا karbala
مشهد mashhad|اصفهان esfahan isfahan|شیراز shiraz|تبریز tabriz|اهواز ahvaz ahwaz|کرج karaj|قم qom ghom|رشت rasht
کرمان kerman|یزد yazd|همدان hamedan hamadan|ارومیه urmia orumieh|زاهدان zahedan|ساری sari|بابل babol|گرگان gorgan
اراک arak|قزوین qazvin ghazvin|زنجان zanjan|سمنان semnan|خرم_آباد khoramabad|کرمانشاه kermanshah|سنندج sanandaj
اردبیل ardabil|بوشهر bushehr boushehr|بندرعباس bandarabbas|ایلام ilam|یاسوج yasuj|بیرجند birjand|بجنورد bojnord
کاشان kashan|نیشابور neyshabur|سبزوار sabzevar|دزفول dezful|آبادان abadan|خوزستان khuzestan|گیلان gilan|مازندران mazandaran
آذربایجان azarbaijan|کردستان kordestan kurdistan|لرستان lorestan|فارس fars|خراسان khorasan|کیش kish|قشم qeshm|شمال shomal
پرسپولیسی perspolisi|استقلالی esteghlali|تراکتور teraktor tractor|سپاهان sepahan|علی_دایی alidaei|فوتبال footbal
محمدرضا mohammadreza mohamadreza|علیرضا alireza|امیرحسین amirhossein amirhosein|امیرعلی amirali|محمدعلی mohammadali
محمدحسین mohammadhossein|حمیدرضا hamidreza|غلامرضا gholamreza|احمدرضا ahmadreza|امیررضا amirreza|ابوالفضل abolfazl
عباس abbas|اکبر akbar|اصغر asghar|اکبری akbari|جواد javad|حمید hamid|مجید majid|وحید vahid|سجاد sajad sajjad
میلاد milad|مسعود masoud masood|محمود mahmoud mahmood|مصطفی mostafa|مرتضی morteza|مجتبی mojtaba|ابراهیم ebrahim ibrahim
اسماعیل esmaeil esmail|یوسف yousef yusef|یونس younes yunes|موسی mousa musa|عیسی eisa isa|هادی hadi|هاشم hashem
قاسم ghasem qasem|کاظم kazem|صادق sadegh sadeq|جعفر jafar|باقر bagher|تقی taghi|نقی naghi|رحیم rahim|کریم karim
رحمان rahman|بهمن bahman|بهرام bahram|بهروز behrooz behrouz|بهزاد behzad|بهنام behnam|پرویز parviz|پیمان peyman payman
پویا pouya pooya|پوریا pouria poorya|پارسا parsa|پدرام pedram|آرش arash|آرمان arman|آرمین armin|آریا aria arya
آرین arian aryan|آرتین artin|اشکان ashkan|ایمان iman|امید omid|افشین afshin|بابک babak|بردیا bardia|پژمان pezhman
جمشید jamshid|خسرو khosro|داریوش dariush daryush|داود davood davoud|رامین ramin|روزبه roozbeh|سامان saman|سام sam
سالار salar|سپهر sepehr|سروش soroush soroosh|سهراب sohrab|سهیل soheil|سیاوش siavash|سینا sina|شاهین shahin|شایان shayan
شهاب shahab|شهرام shahram|شهریار shahriar|فرامرز faramarz|فرزاد farzad|فرشاد farshad|فرهاد farhad|فریدون fereydoon
فرید farid|کامران kamran|کاوه kaveh|کوروش koorosh kourosh kurosh cyrus|کیان kian|کیوان keyvan|کیارش kiarash|مازیار maziar
ماهان mahan|مانی mani|مهران mehran|مهرداد mehrdad|مهیار mahyar|نادر nader|ناصر naser|نوید navid|نیما nima|هومن hooman houman
یاسر yaser|یاسین yasin|یزدان yazdan|طاها taha|متین matin|عرفان erfan|ارشیا arshia|دانیال danial|رسول rasoul rasool
منصور mansour|معصومه masoumeh masoome|سارا sara|سمیرا samira|سمیه somayeh|سحر sahar|ساناز sanaz|سپیده sepideh
ستاره setareh setare|سوگند sogand|سیما sima|شبنم shabnam|شیدا sheida|شیرین shirin|شیما shima|شقایق shaghayegh
طاهره tahereh|عاطفه atefeh|غزل ghazal|فرزانه farzaneh|فرشته fereshteh fereshte|فریبا fariba|فریده farideh
کیمیا kimia|گلناز golnaz|لادن ladan|لاله laleh|لیلا leila leyla|مائده maedeh|محدثه mohadeseh|محبوبه mahboubeh
مرضیه marzieh|مژگان mojgan mozhgan|مهناز mahnaz|مهسا mahsa|مهتاب mahtab|مهری mehri|مینا mina|مونا mona|نازنین nazanin
نازی nazi|ناهید nahid|ندا neda|نرگس narges|نسترن nastaran|نسرین nasrin|نسیم nasim|نگار negar|نگین negin|نوشین noushin
نیلوفر niloofar niloufar|نیکی niki|هانیه hanieh|هدیه hedieh|هستی hasti|هلیا helia|هما homa|یاسمن yasaman|یکتا yekta
یلدا yalda|آتنا atena|آرزو arezoo arezou|آزاده azadeh|آزیتا azita|آناهیتا anahita|آیدا aida ayda|آوا ava|آیلین aylin
آیناز aynaz|الهام elham|الهه elaheh elahe|الناز elnaz|اکرم akram|اعظم azam|اعظمی azami|باران baran|بنفشه banafsheh
بهار bahar|بهاره bahareh|بیتا bita|پرستو parastoo|پریسا parisa|پریا paria parya|پانته_آ pantea|ترانه taraneh|ثنا sana
حدیث hadis|حلما helma|حنانه hananeh|خدیجه khadijeh|دریا darya daria|دلارام delaram|راضیه razieh|رها raha|رویا roya
ریحانه reyhaneh reihaneh|زینب zeinab zeynab|ژاله zhaleh jaleh|محمدی mohammadi mohamadi|احمدی ahmadi|حسینی hosseini hoseini
رضایی rezaei rezaee|کریمی karimi|موسوی mousavi musavi|هاشمی hashemi|جعفری jafari|قاسمی ghasemi|رحیمی rahimi
ابراهیمی ebrahimi|صادقی sadeghi|حیدری heidari|مرادی moradi|نوری nouri noori|نجفی najafi|سلطانی soltani|امینی amini
فروردین farvardin|اردیبهشت ordibehesht|خرداد khordad|تیر tir|مرداد mordad|شهریور shahrivar|مهر mehr|آبان aban
آذر azar|دی dey|اسفند esfand|نوروز norouz nowruz noruz|تابستان tabestan|زمستان zemestan|پاییز paeez paiz|شنبه shanbe
یکشنبه yekshanbe|دوشنبه doshanbe|جمعه jome|یک yek|دو do|سه se|چهار chahar|پنج panj|شش shesh|هفت haft|هشت hasht|هزار hezar
خانه khane khune|خانواده khanevade|زندگی zendegi|بهشت behesht|آزادی azadi|آسمان aseman|خورشید khorshid|ماه mah|ستاره‌ها setareha
گل gol|گلابی golabi|پرنده parande|پروانه parvane|شیر shir|ببر babr|گرگ gorg|عقاب oghab|اسب asb|گربه gorbe|سگ sag|موش moosh
سیب sib|انار anar|پسته peste|چای chai chay|قهوه ghahve|نان nan|آب ab|آتش atash|باد bad|خاک khak|کوه kuh kooh|جنگل jangal
شب shab|روز rooz ruz|صبح sobh|فردا farda|دیروز dirooz|امروز emrooz|همیشه hamishe|هرگز hargez|تنها tanha|زیبا ziba
خوشگل khoshgel|قشنگ ghashang|خوب khoob khub|بد bad|بزرگ bozorg|کوچک kuchak|سیاه siah|سفید sefid|قرمز ghermez|آبی abi
سبز sabz|زرد zard|طلا tala|نقره noghre|پول pool pul|کار kar|بیمه bime|بازنشسته bazneshaste|حقوق hoghoogh|کارگر kargar
مدرسه madrese|دانشگاه daneshgah|معلم moalem|مهندس mohandes|دکتر doktor|پلیس polis|سرباز sarbaz|راننده ranande|ماشین mashin
پراید peraid pride|پژو pezho peugeot|سمند samand|پیکان peykan|تلفن telefon|موبایل mobail|کامپیوتر kampiuter|اینترنت internet
تلگرام telegram|اینستاگرام instagram|بانک bank|ملت mellat|ملی melli|صادرات saderat|سپه sepah|کاربر karbar|مدیر modir
ورود vorood|سایت sait|تست test|آزمایش azmayesh|فارسی farsi|ایرانی irani|تهرانی tehrani|عزیز aziz|دختر dokhtar|پسر pesar
خواهر khahar|برادر baradar|همسر hamsar|نفس nafas|جیگر jigar|عمر omr|قربونت ghorbunet|چطوری chetori|خوبی khoobi|مرسی mersi
بفرما befarma|خداحافظ khodahafez|شاه shah|پهلوان pahlavan|رستم rostam|شیطان sheytan|فرشته‌ها fereshteha|دنیا donya|جهان jahan
`;

export type RankedWord = Readonly<{ persian: string; latin: readonly string[] }>;

/** In order of rank. `_` and ZWNJ in the entries stand for a join that people leave out in a password. */
export const persianWords: readonly RankedWord[] = entries
  .trim()
  .split(/[|\n]/)
  .map((entry) => {
    const [persian = '', ...latin] = entry.replace(/[_\u200c]/g, '').split(' ');
    return { persian, latin };
  });
